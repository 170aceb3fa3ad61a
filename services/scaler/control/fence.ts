/** Whether this process may change replica counts now. */
export interface Fence {
  mayAct(): boolean;
}

/** Without leader election there is nobody else. */
export const alwaysLeader: Fence = { mayAct: () => true };
