/** Storage did not answer, or its answer got lost: what was asked may or may not have been carried out. */
export class StorageAway extends Error {
  override readonly name = 'StorageAway'
}

/** A row that this version of the app cannot read: written by a newer one, or damaged. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow'
  readonly table: string
  readonly pk: string
  readonly rk: string

  constructor(table: string, pk: string, rk: string, reason: string) {
    super(`row ${JSON.stringify(rk)} of partition ${JSON.stringify(pk)} in table ${table} is unreadable: ${reason}`)
    this.table = table
    this.pk = pk
    this.rk = rk
  }
}
