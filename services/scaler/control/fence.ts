/** Whether this process may change replica counts now. */
export interface Fence {
  mayAct(): boolean;
}

/** Without leader election there is no other scaler. */
export const alwaysLeader: Fence = { mayAct: () => true };
