/** Pages that several rules go by. */
import type { Rule } from './rule.ts'

type Source = Rule['source']

export const multiRegion: Source = {
  title: 'Multiregion Business Continuity and Disaster Recovery (BCDR) for Azure Virtual Desktop',
  url: 'https://learn.microsoft.com/azure/architecture/example-scenario/azure-virtual-desktop/azure-virtual-desktop-multi-region-bcdr',
}

export const cloudCache: Source = {
  title: 'FSLogix configuration settings reference: Cloud Cache',
  url: 'https://learn.microsoft.com/fslogix/reference-configuration-settings#cloud-cache-settings',
}
