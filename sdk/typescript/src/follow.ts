// Following the changes as they are made: server-sent events (WHATWG HTML), read as they come.

/** What an event holds: data, or only the id up to which there is nothing else. */
export interface StreamEvent {
  id: string;
  data: string;
}

/** Reads the events of a stream, and ends where it ends. Whoever stops reading ends the stream. */
export async function* readEvents(stream: ReadableStream<Uint8Array>, silence: number): AsyncGenerator<StreamEvent, void, undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let event: StreamEvent = { id: '', data: '' };
  try {
    for (;;) {
      const { done, value } = await within(silence, reader.read());
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('id: ')) event.id = line.slice(4);
        else if (line.startsWith('data: ')) event.data = line.slice(6);
        else if (line === '') {
          yield event;
          event = { id: '', data: '' };
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined); // fails where the stream has
  }
}

/** The outcome of something that must come within so many milliseconds. */
async function within<T>(milliseconds: number, coming: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}
