import type { FileHandle } from 'node:fs/promises';
import { frameRecord } from './tf-record.js';

/** Records of a file that is open for appending, one after another. */
export interface RecordAppender {
  /** Appends a record. @throws as the system does; what was written of it is removed before the next one */
  append(data: Uint8Array): Promise<void>;
  /** Waits for the last record and closes the file. */
  close(): Promise<void>;
}

/** @param handle of an empty file, opened with `a`; it is closed with the appender */
export function appendRecords(handle: FileHandle): RecordAppender {
  let last: Promise<void> = Promise.resolve();
  /** Bytes of whole records. */
  let length = 0;
  let isCut = false;
  const after = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    append: (data) =>
      after(async () => {
        const record = frameRecord(data);
        // What a failed write left would hide every later record.
        if (isCut) await handle.truncate(length);
        isCut = true;
        await handle.appendFile(record);
        isCut = false;
        length += record.length;
      }),
    close: () => after(() => handle.close()),
  };
}
