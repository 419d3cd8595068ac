import type { Problem as Wire, ProblemFault } from './generated/types.gen.js';

/** The code of a problem; `http_` and the status where something else than the service answered, such as a proxy. */
export type ProblemCode = Wire['code'] | `http_${number}`;

/** What the service refused or could not do (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** Says what kind of problem it is. Codes are never renamed. */
  readonly code: ProblemCode;
  /** The HTTP status. */
  readonly status: number;
  /** What went wrong with this request. */
  readonly detail: string;
  /** Everything that is wrong with what was sent, each with a JSON Pointer to it, and of a bundle the line. */
  readonly faults: readonly ProblemFault[];
  /** Names the request in the service's log. */
  readonly requestId: string | undefined;
  /** In how many seconds to ask again, where that was said. */
  readonly retryAfter: number | undefined;
  /** The version that the thing has now, where another was expected (412). */
  readonly version: number | undefined;
  /** The answer's status line and headers; its body has been read. */
  readonly response: Response;

  constructor(response: Response, body: unknown) {
    const told: Partial<Wire> = isWire(body) ? body : {};
    const code = told.code ?? (`http_${response.status}` as const);
    const detail = told.detail ?? (told.title || response.statusText || `status ${response.status}`);
    super([`${code}: ${detail}`, ...(told.errors ?? []).map(inWords)].join('\n  '));
    this.code = code;
    this.status = response.status;
    this.detail = detail;
    this.faults = told.errors ?? [];
    this.requestId = told.request_id ?? response.headers.get('X-Request-Id') ?? undefined;
    this.retryAfter = secondsToWait(response.headers);
    this.version = response.status === 412 ? versionOf(response.headers.get('ETag')) : undefined;
    this.response = response;
  }
}

function isWire(body: unknown): body is Wire {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}

function inWords({ line, pointer, code, value, expected }: ProblemFault): string {
  const place = [line === undefined ? '' : `line ${line}`, pointer].filter(Boolean).join(' ');
  return `${place}: ${code}: ${value === undefined ? '' : `${JSON.stringify(value)}, `}expected ${expected}`;
}

function versionOf(etag: string | null): number | undefined {
  const digits = etag?.match(/^"(\d+)"$/)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * What Retry-After (RFC 9110 §10.2.3) asks for, in seconds: it has seconds, or a date, which is compared with the answer's own
 * Date, since clocks differ.
 */
export function secondsToWait(headers: Headers): number | undefined {
  const asked = headers.get('Retry-After')?.trim();
  if (!asked) return undefined;
  if (/^\d+$/.test(asked)) return Number(asked);
  const now = Date.parse(headers.get('Date') ?? '') || Date.now();
  const seconds = (Date.parse(asked) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
