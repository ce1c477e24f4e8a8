import type { FuzzTarget } from '../target.ts'
import { amqpTarget } from './amqp.ts'
import { annotationsTarget } from './annotations.ts'
import { controlTarget } from './control.ts'
import { managementTarget } from './management.ts'

export const FUZZ_TARGETS: readonly FuzzTarget[] = [amqpTarget, annotationsTarget, controlTarget, managementTarget]
