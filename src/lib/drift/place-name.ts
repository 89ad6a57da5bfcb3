import { parseArmId } from '../core/arm-id.ts'

/** `<resource group>/<name>`: a name alone is unique in its group, and groups of a region may all have a `gateway`. */
export const placeName = (id: string): string => {
  const parsed = parseArmId(id)
  return parsed ? `${parsed.resourceGroup}/${parsed.name}` : id
}
