/**
 * Loaded into every process that the demo starts, before anything else: the kernel closes the IPC channel whatever
 * way the demo ends, kill -9 included, and with it ends the process. What a crash leaves undone here is what bellhop
 * is made for.
 */
import process from 'node:process'

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
// Alone it keeps no process alive that has nothing else to do.
process.channel?.unref()
