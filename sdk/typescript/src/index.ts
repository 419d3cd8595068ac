/**
 * The client of Headwater: all operations of its API, and over them iterators, retries, typed problems, bundles as streams, and
 * offsets in code points. It knows fetch and streams as browsers and Node have them, and nothing else of either.
 */
export type * from './generated/types.gen.js';
export { createClient, Headwater } from './client.js';
export type { BundleSource, ImportOptions, LogOptions } from './client.js';
export type { FollowOptions, FollowStandingsOptions } from './follow.js';
export { ifMatch, type ClientOptions } from './transport.js';
export type { JSONFormat } from './json.js';
export { CutOffError, readLines, writeLines } from './lines.js';
export { LogError, openCheckpoint, type Checkpoint, type LogFault } from './log.js';
export { Problem, type ProblemCode } from './problem.js';
export type { Retry } from './retry.js';
export { cut, select, toCodePoints, toUTF16, type Span } from './text.js';
export { verifyWebhook, WebhookError, webhookTolerance, type Delivery } from './webhook.js';
export { Walk, type Page, type Walks } from './walk.js';
