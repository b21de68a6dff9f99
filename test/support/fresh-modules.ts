/**
 * Before each unit test file: what others of its worker have imported, perhaps with a mock in it, is not imported
 * from there. Packages stay.
 */
import { vi } from 'vitest'

vi.resetModules()
