/** `PK\x03\x04`, before each file. */
export const LOCAL_SIGNATURE = 0x04034b50;
/** `PK\x01\x02`, before each entry of the directory. */
export const CENTRAL_SIGNATURE = 0x02014b50;
/** `PK\x05\x06`, before the end record. */
export const END_SIGNATURE = 0x06054b50;
