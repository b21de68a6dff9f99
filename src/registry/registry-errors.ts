/** The registry cannot be reached, refuses, or fails: pause, and ask again. Its message holds no secret. */
export class RegistryUnavailable extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RegistryUnavailable'
  }
}

/** The registry has been asked and has not answered yet; what it says is kept for the next who asks. */
export class RegistryStillAsked extends RegistryUnavailable {
  constructor() {
    super('the schema registry has not answered yet')
    this.name = 'RegistryStillAsked'
  }
}

/** The registry will not take a schema under a subject: it does not fit those before it, or is none. */
export class SchemaRefused extends Error {
  readonly subject: string

  constructor(subject: string, message: string) {
    super(message)
    this.name = 'SchemaRefused'
    this.subject = subject
  }
}

/** The registry answers, and does not know an id yet: its schema may be registered in a moment. */
export class SchemaNotYetKnown extends Error {
  constructor(id: number, waitMs: number) {
    super(`the schema registry does not know schema ${id}; it is asked again for ${waitMs / 1_000} s in all`)
    this.name = 'SchemaNotYetKnown'
  }
}
