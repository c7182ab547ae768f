/** By which each component elects who leads, whatever the release is called: src/cmd names them so. */
export const leases = { controllers: 'tidegate-controllers', scheduler: 'tidegate-scheduler' } as const;
