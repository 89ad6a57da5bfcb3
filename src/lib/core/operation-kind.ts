/** What a run may be (glossary: operation). Here because states of pairs and specs both name it. */
export type OperationKind =
  | 'failover'
  | 'failback'
  | 'changeRecoveryPoint'
  | 'commit'
  | 'restoreExtensions'
  | 'reprotect'
  | 'drill'
  | 'keepAlive'
  | 'align'
