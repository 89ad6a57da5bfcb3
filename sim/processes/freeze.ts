import { spawn } from 'node:child_process'

/**
 * Stops a process (SIGSTOP) until the answer is called, or until this process has ended, however that came: what is
 * stopped would not even notice. A shell waits for the end of its input, then lets it go on.
 */
export function freeze(pid: number): () => void {
  const watch = spawn('sh', ['-c', 'read -r _; kill -CONT "$0"', String(pid)], { stdio: ['pipe', 'ignore', 'ignore'] })
  // Without a shell nobody is stopped for good either: the answer sends the signal itself.
  watch.on('error', () => undefined)
  watch.stdin.on('error', () => undefined)
  watch.unref()
  process.kill(pid, 'SIGSTOP')
  return () => {
    process.kill(pid, 'SIGCONT')
    watch.stdin.end()
  }
}
