// Loaded into Azurite with --require, before its own code.
const { createRequire } = require('node:module')

// LokiJS ends every call with an array, an empty one too, by sorting every index of the collection anew. Azurite's queue
// makes two such calls on each receive: `remove` of what has expired, `update` of what was received. With 10,000 hidden
// messages that is most of a receive. One by one, the indices are adapted instead.
const { Collection } = createRequire(require.resolve('azurite/package.json'))('lokijs')
/** Azure's most messages in one receive; above, sorting once is cheaper. */
const fewDocuments = 32
const { remove, removeBatchByPositions, update } = Collection.prototype
Collection.prototype.remove = function (doc) {
  if (Array.isArray(doc) && doc.length === 0) return
  remove.call(this, doc)
}
Collection.prototype.update = function (doc) {
  if (!Array.isArray(doc) || doc.length > fewDocuments) return update.call(this, doc)
  for (const one of doc) update.call(this, one)
}
// So does the deletion of what was found, with which Azurite lets go of each message's and blob's content.
Collection.prototype.removeBatchByPositions = function (positions) {
  if (positions.length > fewDocuments) return removeBatchByPositions.call(this, positions)
  for (const doc of positions.map((position) => this.data[position])) remove.call(this, doc)
}

// The channel closes when the parent ends, whatever ends it: no emulator outlives its test run.
if (process.channel) process.on('disconnect', () => process.exit(0))
