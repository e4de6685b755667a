/** What globalSetup leaves for globalTeardown; both run in the same process. */
export const runsOn: { server?: { stop: () => Promise<void> }; logFolder?: string } = {};
