import type { Simulation } from '#test/faults/simulation.ts';

import type { KubernetesObject, ModelObjects } from './objects.ts';

export type Propagation = 'Background' | 'Foreground';

interface Hooks {
  /** The containers of a pod are told to end. */
  readonly onPodEnding: (pod: KubernetesObject) => void;
  /** An object is gone, and what it owned is not yet. */
  readonly onGone: (object: KubernetesObject) => void;
}

/** How long the garbage collector may take to reach an object: its queue is that of all namespaces. */
const maxQueueSeconds = 20;
/** How long the containers of a pod may take to end. */
const maxGraceSeconds = 20;

/**
 * Deletions, as the API server and the garbage collector carry them out. In the background, an object goes at once, and what
 * it owned follows when the collector finds that all of its owners are gone. In the foreground, an object stays until what
 * it owns is gone. A pod stays until its containers have ended.
 *
 * @see Kubernetes, "Garbage Collection"
 */
export class ModelGarbageCollector {
  /** The uids of the objects that are deleted in the foreground. */
  private readonly waiting = new Set<string>();
  private readonly simulation: Simulation;
  private readonly random: () => number;
  private readonly objects: ModelObjects;
  private readonly hooks: Hooks;

  constructor(simulation: Simulation, random: () => number, objects: ModelObjects, hooks: Hooks) {
    this.simulation = simulation;
    this.random = random;
    this.objects = objects;
    this.hooks = hooks;
  }

  delete(object: KubernetesObject, propagation: Propagation): void {
    const isEnding = object.metadata.deletionTimestamp !== undefined;
    if (object.kind === 'Pod') {
      if (isEnding) return;
      this.mark(object);
      this.hooks.onPodEnding(object);
      this.simulation.after(this.random() * maxGraceSeconds, () => this.drop(object));
    } else if (propagation === 'Background') this.drop(object);
    else if (!isEnding) this.startForeground(object);
  }

  /** Removes an object from the store, unless it is gone. */
  drop(object: KubernetesObject): void {
    const { uid, name, ownerReferences } = object.metadata;
    const key = `${object.kind}/${name}`;
    if (this.objects.current.get(key)?.metadata.uid !== uid) return;
    this.objects.drop(key, uid);
    this.waiting.delete(uid);
    this.hooks.onGone(object);
    for (const [, owned] of this.objects.ownedBy(uid)) this.collectLater(owned);
    for (const owner of ownerReferences) this.finishForeground(owner.uid);
  }

  /** Deletes a new object some time later, if all of its owners are gone, or wait for the end of what they own. */
  collectNew(object: KubernetesObject): void {
    const { ownerReferences } = object.metadata;
    if (ownerReferences.length > 0 && !ownerReferences.some(({ uid }) => this.isSolid(uid))) this.collectLater(object);
  }

  private isSolid(uid: string): boolean {
    return this.objects.hasUid(uid) && !this.waiting.has(uid);
  }

  private collectLater({ kind, metadata: { name, uid } }: KubernetesObject): void {
    this.simulation.after(this.random() * maxQueueSeconds, () => {
      const object = this.objects.current.get(`${kind}/${name}`);
      if (object?.metadata.uid !== uid || object.metadata.ownerReferences.length === 0) return;
      if (!object.metadata.ownerReferences.some((owner) => this.isSolid(owner.uid))) this.delete(object, 'Background');
    });
  }

  private startForeground(object: KubernetesObject): void {
    const { uid } = object.metadata;
    this.mark(object);
    this.waiting.add(uid);
    for (const [key, { metadata }] of this.objects.ownedBy(uid))
      this.simulation.after(this.random() * maxQueueSeconds, () => {
        const owned = this.objects.current.get(key);
        if (owned?.metadata.uid === metadata.uid) this.delete(owned, 'Foreground');
      });
    this.finishForeground(uid);
  }

  private finishForeground(uid: string): void {
    if (!this.waiting.has(uid) || this.objects.ownedBy(uid).length > 0) return;
    const object = [...this.objects.current.values()].find(({ metadata }) => metadata.uid === uid);
    if (object !== undefined) this.simulation.after(this.random(), () => this.drop(object));
  }

  private mark(object: KubernetesObject): void {
    this.objects.put({
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: this.objects.timestamp() },
    });
  }
}
