"""Prints what TensorBoard's own reader finds in a folder of event files, as JSON.

    python -m venv venv && venv/bin/pip install tensorboard
    venv/bin/python packages/tensorboard/scripts/read-events.py RUN/tensorboard

Every file is read record by record, which verifies lengths and checksums, and its events are counted; a file whose last record
is cut off is said to be so. Then the folder is read as TensorBoard shows it. Exit code 1 where a file could not be read to its end.
"""

import json
import struct
import sys
from pathlib import Path

from tensorboard.backend.event_processing import event_accumulator, event_file_loader


def bytes_of_whole_records(file):
    """Bytes up to the end of the last whole record, by the lengths in the file, and how many records these are."""
    content, position, records = file.read_bytes(), 0, 0
    while position + 12 <= len(content):
        end = position + 16 + struct.unpack_from("<Q", content, position)[0]
        if end > len(content):
            break
        position, records = end, records + 1
    return position, records, len(content)


def main(folder):
    files, complete = {}, True
    for file in sorted(Path(folder).glob("events.out.tfevents.*")):
        whole, records, size = bytes_of_whole_records(file)
        events = sum(1 for _ in event_file_loader.EventFileLoader(str(file)).Load())
        complete = complete and events == records
        files[file.name] = {"records": records, "events": events, "cutOffBytes": size - whole}
    keep_all = {event_accumulator.SCALARS: 0, event_accumulator.IMAGES: 0, event_accumulator.TENSORS: 0}
    shown = event_accumulator.EventAccumulator(str(folder), size_guidance=keep_all).Reload()
    tags = shown.Tags()
    result = {
        "files": files,
        "scalars": {tag: [[e.step, e.value] for e in shown.Scalars(tag)] for tag in tags["scalars"]},
        "images": {tag: [[e.step, e.width, e.height, len(e.encoded_image_string)] for e in shown.Images(tag)] for tag in tags["images"]},
        "texts": {
            tag: [[e.step, [text.decode() for text in e.tensor_proto.string_val]] for e in shown.Tensors(tag)] for tag in tags["tensors"]
        },
    }
    print(json.dumps(result))
    return 0 if files and complete else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
