/** What a virtual machine's size name says (learn.microsoft.com, "VM sizes naming conventions"). */

const convention = /^standard_([a-z]+?)(\d+)(?:-\d+)?([a-z]*)(?:_(?!v\d)[a-z]+\d+)?(?:_(v\d+))?$/i

/** Sizes older than the naming convention count otherwise: D1 to D5, D11 to D15 and their DS twins. */
const oldSizes = /^standard_(ds?)(\d+)(?:_v2)?$/i
const oldCores: Readonly<Record<string, number>> = {
  1: 1,
  2: 2,
  3: 4,
  4: 8,
  5: 16,
  11: 2,
  12: 4,
  13: 8,
  14: 16,
  15: 20,
}

/** Undefined for a name that follows no known rule. A constrained size counts its full cores: the careful reading. */
export function coresOf(size: string): number | undefined {
  const old = oldSizes.exec(size)
  if (old) return oldCores[old[2] ?? '']
  const cores = convention.exec(size)?.[2]
  return cores === undefined ? undefined : Number(cores)
}

/** Name of the family's quota, `standardDSv5Family`; one that Azure does not list is not judged. */
export function familyOf(size: string): string {
  const [, series = '', , features = '', version = ''] = convention.exec(size) ?? []
  return `standard${series.toUpperCase()}${features.toUpperCase()}${version.toLowerCase()}Family`
}
