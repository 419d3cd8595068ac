/**
 * In place of the list of all operations that take an Idempotency-Key: of those that the page calls, each POST does but the one that
 * begins a session.
 */
export const onceOnly = {
  has: (operation: string): boolean => operation.startsWith('POST') && operation !== 'POST /v1/session',
};
