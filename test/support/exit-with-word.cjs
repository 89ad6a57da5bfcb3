// A preload that ends its process and says what its environment holds.
console.error(process.env.WORD)
process.exit(3)
