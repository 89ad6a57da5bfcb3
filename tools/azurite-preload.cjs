// Loaded into Azurite with --require, before its own code.
const { createRequire } = require('node:module')

// LokiJS answers `remove([])` by rebuilding every index. Azurite's queue does exactly that on each receive (it clears
// expired messages first), so that with 10,000 hidden messages every receive sorts all of them.
const { Collection } = createRequire(require.resolve('azurite/package.json'))('lokijs')
const remove = Collection.prototype.remove
Collection.prototype.remove = function (doc) {
  if (Array.isArray(doc) && doc.length === 0) return
  remove.call(this, doc)
}

// The channel closes when the parent ends, whatever ends it: no emulator outlives its test run.
if (process.channel) process.on('disconnect', () => process.exit(0))
