/** Work that takes long and much memory, and comes to the same for everybody: whoever asks while it runs gets what it brings. */
export function joined<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
}
