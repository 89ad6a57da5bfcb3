/** App settings: the environment, or a part of it. */
export type AppSettings = Readonly<Record<string, string | undefined>>

/** Replaces `%NAME%` in a binding's property by the app setting, as the host does for queue names and schedules. */
export function resolveSettings(text: string, settings: AppSettings): string {
  return text.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name]
    if (value === undefined) throw new Error(`'%${name}%' does not resolve to a value.`)
    return value
  })
}

/** `AzureWebJobs.<function>.Disabled` (learn.microsoft.com, "Disable functions"); on Linux with `_` or `__` for the dots. */
export function isDisabled(functionName: string, settings: AppSettings): boolean {
  return ['.', '_', '__'].some((dot) => {
    const value = settings[`AzureWebJobs${dot}${functionName}${dot}Disabled`]
    return value !== undefined && /^(1|true)$/i.test(value)
  })
}
