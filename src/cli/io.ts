/** What a command touches of the process, so that tests can stand in for it. */
export interface CommandIo {
  env: Record<string, string | undefined>
  stdout: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  stderr: NodeJS.WritableStream & { isTTY?: boolean }
}

/** 0: done; 1: could not be done; 2: the configuration or the arguments are wrong. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const
