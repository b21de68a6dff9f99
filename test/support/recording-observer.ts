import type { Observer } from '../../src/observe/observer.ts'

export type ObserverEventName = keyof Observer
type ObserverEvents = { [K in ObserverEventName]: Parameters<Observer[K]>[0] }

export interface RecordedEvent<K extends ObserverEventName = ObserverEventName> {
  name: K
  event: ObserverEvents[K]
}

/** An observer that keeps what it is told, in order. */
export interface RecordingObserver {
  observer: Observer
  /** Every event so far, oldest first. */
  recorded: readonly RecordedEvent[]
  /** The events of one name, oldest first. */
  eventsOf<K extends ObserverEventName>(name: K): ObserverEvents[K][]
}

export function createRecordingObserver(): RecordingObserver {
  const recorded: RecordedEvent[] = []
  return {
    observer: observerThat((heard) => recorded.push(heard)),
    recorded,
    eventsOf: <K extends ObserverEventName>(name: K) =>
      recorded.filter((heard): heard is RecordedEvent<K> => heard.name === name).map(({ event }) => event),
  }
}

/** Hears everything and does nothing. */
export function silentObserver(): Observer {
  return observerThat(() => {})
}

function observerThat(hear: (heard: RecordedEvent) => void): Observer {
  const on =
    <K extends ObserverEventName>(name: K) =>
    (event: ObserverEvents[K]) =>
      hear({ name, event })
  return {
    eventsConsumed: on('eventsConsumed'),
    actionMatched: on('actionMatched'),
    messageCut: on('messageCut'),
    eventDeadLettered: on('eventDeadLettered'),
    messageSilenced: on('messageSilenced'),
    controlsChanged: on('controlsChanged'),
    canarySent: on('canarySent'),
    canaryFailed: on('canaryFailed'),
    canaryArrived: on('canaryArrived'),
    notified: on('notified'),
    statusFailed: on('statusFailed'),
    transactionEnded: on('transactionEnded'),
    messageQueued: on('messageQueued'),
    postAnswered: on('postAnswered'),
    messageDelivered: on('messageDelivered'),
    messageDeadLettered: on('messageDeadLettered'),
    laneHeld: on('laneHeld'),
    postSplit: on('postSplit'),
    breakerChanged: on('breakerChanged'),
    messageMoved: on('messageMoved'),
    destinationInsecure: on('destinationInsecure'),
    partitionLag: on('partitionLag'),
    partitionAssigned: on('partitionAssigned'),
    partitionLost: on('partitionLost'),
    partitionFailed: on('partitionFailed'),
    partitionClaimed: on('partitionClaimed'),
    partitionReleased: on('partitionReleased'),
    partitionRewound: on('partitionRewound'),
    recordsReread: on('recordsReread'),
    lanesPassingOver: on('lanesPassingOver'),
    leaseLapsed: on('leaseLapsed'),
    leaseRenewed: on('leaseRenewed'),
    groupJoined: on('groupJoined'),
    commitFailed: on('commitFailed'),
    writeFailed: on('writeFailed'),
    consumerCrashed: on('consumerCrashed'),
    brokerUnreachable: on('brokerUnreachable'),
    brokerReached: on('brokerReached'),
    topicCreated: on('topicCreated'),
    configReloading: on('configReloading'),
    configApplied: on('configApplied'),
    configUnchanged: on('configUnchanged'),
    configProblem: on('configProblem'),
    configWarned: on('configWarned'),
    configInvalid: on('configInvalid'),
    configNeedsRestart: on('configNeedsRestart'),
    configReloadFailed: on('configReloadFailed'),
    started: on('started'),
    stopping: on('stopping'),
    stopped: on('stopped'),
  }
}
