/** A file, and what `Image.open(file).convert('RGB')` gives. */
export interface PillowReading {
  readonly name: string;
  /** The file, in base64. */
  readonly content: string;
  readonly width: number;
  readonly height: number;
  readonly levels: readonly number[];
}

/** Written and read with Pillow 13.0.0. */
export const pillowReadings: readonly PillowReading[] = [
  {
    name: 'a JPEG with an orientation',
    content:
      '/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAeEAABBAEFAAAAAAAAAAAAAAABAAIDBwUGETEygf/EABQBAQAAAAAAAAAAAAAAAAAAAAj/xAAgEQAAAwkBAAAAAAAAAAAAAAAAAQMCBAUHNDZydLGz/9oADAMBAAIRAxEAPwC5UzXNezVliXzaEwzyIXtBdi4idhI4AdeAAB4iIhLMK/4ttL+rQOrpSp4lwh//2Q==',
    width: 3,
    height: 2,
    levels: [6, 100, 126, 40, 134, 160, 75, 165, 5, 56, 150, 176, 73, 167, 193, 125, 215, 55],
  },
  {
    name: 'a PNG with an orientation',
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAGmVYSWZNTQAqAAAACAABARIAAwAAAAEABgAAAAAAANZnS2kAAAAcSURBVHicY2SI3qaqqqqqqspiamauqqqqqmoOACaqA4dURpzQAAAAAElFTkSuQmCC',
    width: 3,
    height: 2,
    levels: [0, 91, 182, 37, 128, 219, 74, 165, 0, 53, 145, 237, 90, 182, 18, 127, 219, 55],
  },
  {
    name: 'a lossless WebP with an orientation',
    content:
      'UklGRnYAAABXRUJQVlA4WAoAAAAIAAAAAgAAAQAAVlA4TDYAAAAvAkAAAC9AEECaY+hXiGqFbCPA+BB+hBMSEB/Y4H+zb/7juA/EJggfqGnbgA11/sXUiP7H/AJFWElGGgAAAE1NACoAAAAIAAEBEgADAAAAAQAGAAAAAAAA',
    width: 3,
    height: 2,
    levels: [0, 91, 182, 37, 128, 219, 74, 165, 0, 53, 145, 237, 90, 182, 18, 127, 219, 55],
  },
  {
    name: 'a CMYK JPEG with an Adobe segment',
    content:
      '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgAAgADBEMRAE0RAFkRAEsRAP/EABcAAAMBAAAAAAAAAAAAAAAAAAMHCAn/xAAkEAAABAQHAQEAAAAAAAAAAAABAgMEBQYHCAAXJzVFUmIiJv/aAA4EQwBNAFkASwAAPwBpXJVKqLnrM376N7mblVuoesZw3JVLqPnrM2oEb3M3KrdQ9YuOwiYI9JdilE4PJ0beQlotSGWn6zWGOToJndOoU2dOnAlIIAKqzhZVZQ4/R1FTnMImMIiS5Kp1Sc9Zm1Cjm5m5ZbqHrH//2Q==',
    width: 3,
    height: 2,
    levels: [238, 153, 70, 172, 100, 29, 116, 58, 164, 144, 79, 11, 93, 42, 132, 54, 15, 86],
  },
  {
    name: 'a CMYK JPEG without an Adobe segment',
    content:
      '/9j/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/wAAUCAACAAMEQxEATREAWREASxEA/8QAFwAAAwEAAAAAAAAAAAAAAAAAAwcICf/EACQQAAAEBAcBAQAAAAAAAAAAAAECAwQFBgcIABcnNUVSYiIm/9oADgRDAE0AWQBLAAA/AGlclUqoueszfvo3uZuVW6h6xnDclUuo+eszagRvczcqt1D1i47CJgj0l2KUTg8nRt5CWi1IZafrNYY5Ogmd06hTZ06cCUggAqrOFlVlDj9HUVOcwiYwiJLkqnVJz1mbUKObmblluoesf//Z',
    width: 3,
    height: 2,
    levels: [238, 153, 70, 172, 100, 29, 116, 58, 164, 144, 79, 11, 93, 42, 132, 54, 15, 86],
  },
  {
    name: '16-bit grey',
    content: 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAAFklEQVR42mNgYGBgZDjBwPCfkeH/fwAOVAPI1HEVHAAAAABJRU5ErkJggg==',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 1, 1, 1, 200, 200, 200, 255, 255, 255, 255, 255, 255, 255, 255, 255],
  },
  {
    name: '16-bit grey with a transparent level',
    content: 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAAAnRSTlMAyOMsh7oAAAAWSURBVHjaY2BgYGBkOMHA8J+R4f9/AA5UA8jUcRUcAAAAAElFTkSuQmCC',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 1, 1, 1, 200, 200, 200, 255, 255, 255, 255, 255, 255, 255, 255, 255],
  },
  {
    name: '16-bit grey with alpha',
    content: 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAQAAABn7XLSAAAAI0lEQVR42mNgiI7eptrQcNtr6TIGBtMJE99Ebd0uWH/rjhkAiNILhjZqsVYAAAAASUVORK5CYII=',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 37, 37, 37, 74, 74, 74, 53, 53, 53, 90, 90, 90, 127, 127, 127],
  },
  {
    name: '16-bit colour',
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAIAAABChi0OAAAAMUlEQVR42gEmANn/AABbW7a3ESWAgNvcNkqlpgAAWwA1kJHs7khatbcREm1/2tw2N5InHRA5BI33iAAAAABJRU5ErkJggg==',
    width: 3,
    height: 2,
    levels: [0, 91, 183, 37, 128, 220, 74, 166, 0, 53, 145, 238, 90, 183, 18, 127, 220, 55],
  },
  {
    name: '16-bit colour with alpha',
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAYAAADN5LpZAAAAOklEQVR42mNgiI7etl1QMEe1oeH2HTOziV5LlzGAxBhMJ0x8887Dc0nU1u2CQrl5J+tv3TEznzT5HQD9IBYzQqvWBgAAAABJRU5ErkJggg==',
    width: 3,
    height: 2,
    levels: [0, 91, 183, 37, 128, 220, 74, 166, 0, 53, 145, 238, 90, 183, 18, 127, 220, 55],
  },
  {
    name: 'a palette with transparency',
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAgMAAADgGo6JAAAADFBMVEVtySVKpQA1ke0TbsnC98AvAAAAAnRSTlP/AOW3MEoAAAAMSURBVHjaY3jCLAcAAtQBBgnLnY0AAAAASUVORK5CYII=',
    width: 3,
    height: 2,
    levels: [19, 110, 201, 53, 145, 237, 74, 165, 0, 53, 145, 237, 74, 165, 0, 109, 201, 37],
  },
  {
    name: 'grey with alpha',
    content: 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAQAAAA3fa6RAAAAFklEQVR4nGNkiFZVVVVlMTVTVVVVBQANuAH01dGphgAAAABJRU5ErkJggg==',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 37, 37, 37, 74, 74, 74, 53, 53, 53, 90, 90, 90, 127, 127, 127],
  },
  {
    name: 'black and white',
    content: 'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAQAAAAC1D1u3AAAADElEQVR4nGNgYHAAAABEAEGXj2jLAAAAAElFTkSuQmCC',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0],
  },
  {
    name: 'a GIF with a transparent colour',
    content: 'R0lGODlhAwACAIEAAG3JJUqlADWR7RNuySH5BAEAAAEALAAAAAADAAIAAAgIAAcICDAQQEAAOw==',
    width: 3,
    height: 2,
    levels: [19, 110, 201, 53, 145, 237, 74, 165, 0, 53, 145, 237, 74, 165, 0, 109, 201, 37],
  },
  {
    name: 'a TIFF with an orientation',
    content:
      'SUkqAAgAAAALAAABBAABAAAAAwAAAAEBBAABAAAAAgAAAAIBAwADAAAAkgAAAAMBAwABAAAAAQAAAAYBAwABAAAAAgAAABEBBAABAAAAmAAAABIBAwABAAAABgAAABUBAwABAAAAAwAAABYBBAABAAAAAgAAABcBBAABAAAAEgAAABwBAwABAAAAAQAAAAAAAAAIAAgACAAAW7YlgNtKpQA1ke1athJ/2zc=',
    width: 2,
    height: 3,
    levels: [53, 145, 237, 0, 91, 182, 90, 182, 18, 37, 128, 219, 127, 219, 55, 74, 165, 0],
  },
  {
    name: 'a CMYK TIFF',
    content:
      'SUkqAAgAAAAKAAABBAABAAAAAwAAAAEBBAABAAAAAgAAAAIBAwAEAAAAhgAAAAMBAwABAAAAAQAAAAYBAwABAAAABQAAABEBBAABAAAAjgAAABUBAwABAAAABAAAABYBBAABAAAAAgAAABcBBAABAAAAGAAAABwBAwABAAAAAQAAAAAAAAAIAAgACAAIAABbthElgNs2SqUAWzWR7UlathJuf9s3kw==',
    width: 3,
    height: 2,
    levels: [238, 153, 68, 172, 100, 28, 116, 58, 164, 144, 79, 13, 94, 42, 135, 54, 15, 85],
  },
  {
    name: 'a 16-bit grey TIFF',
    content:
      'SUkqAAgAAAAJAAABBAABAAAAAwAAAAEBBAABAAAAAgAAAAIBAwABAAAAEAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAQAAABEBBAABAAAAegAAABYBBAABAAAAAgAAABcBBAABAAAADAAAABwBAwABAAAAAQAAAAAAAAAAAAEAyAD/AAAB//8=',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 1, 1, 1, 200, 200, 200, 255, 255, 255, 255, 255, 255, 255, 255, 255],
  },
  {
    name: 'a BMP of 24 bits',
    content: 'Qk1OAAAAAAAAADYAAAAoAAAAAwAAAAIAAAABABgAAAAAABgAAADEDgAAxA4AAAAAAAAAAAAA7ZE1ErZaN9t/AAAAtlsA24AlAKVKAAAA',
    width: 3,
    height: 2,
    levels: [0, 91, 182, 37, 128, 219, 74, 165, 0, 53, 145, 237, 90, 182, 18, 127, 219, 55],
  },
  {
    name: 'a BMP of 32 bits',
    content: 'Qk1OAAAAAAAAADYAAAAoAAAAAwAAAAIAAAABACAAAAAAABgAAADEDgAAxA4AAAAAAAAAAAAA7ZE1SRK2Wm4323+TtlsAEduAJTYApUpb',
    width: 3,
    height: 2,
    levels: [0, 91, 182, 37, 128, 219, 74, 165, 0, 53, 145, 237, 90, 182, 18, 127, 219, 55],
  },
  {
    name: 'a BMP with a palette',
    content: 'Qk1OAAAAAAAAAEYAAAAoAAAAAwAAAAIAAAABAAgAAAAAAAgAAADEDgAAxA4AAAQAAAAEAAAAJcltAAClSgDtkTUAyW4TAAIBAAADAgEA',
    width: 3,
    height: 2,
    levels: [19, 110, 201, 53, 145, 237, 74, 165, 0, 53, 145, 237, 74, 165, 0, 109, 201, 37],
  },
  {
    name: 'a BMP of one bit',
    content: 'Qk1GAAAAAAAAAD4AAAAoAAAACQAAAAIAAAABAAEAAAAAAAgAAADEDgAAxA4AAAIAAAACAAAAAAAAAP///wBcgAAAFgAAAA==',
    width: 9,
    height: 2,
    levels: [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0,
      255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255,
    ],
  },
  {
    name: 'a PPM',
    content: 'UDYKMyAyCjI1NQoAW7YlgNtKpQA1ke1athJ/2zc=',
    width: 3,
    height: 2,
    levels: [0, 91, 182, 37, 128, 219, 74, 165, 0, 53, 145, 237, 90, 182, 18, 127, 219, 55],
  },
  {
    name: 'a PGM of 16 bits',
    content: 'UDUKMyAyCjY1NTM1CgAAAAEAyAD/AQD//w==',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 1, 1, 1, 200, 200, 200, 255, 255, 255, 255, 255, 255, 255, 255, 255],
  },
  {
    name: 'a PGM of 12 bits',
    content: 'UDUgIyBieSBoYW5kCjMgMgo0MDk1CgAAAAEAEAD/B9AP/w==',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 16, 16, 16, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
  },
  {
    name: 'a PPM of 100 levels',
    content: 'UDYKMiAxCjEwMAoAASUyY2Q=',
    width: 2,
    height: 1,
    levels: [0, 3, 94, 128, 252, 255],
  },
  {
    name: 'a PBM',
    content: 'UDQKOSAyCumAowA=',
    width: 9,
    height: 2,
    levels: [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0,
      255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255,
    ],
  },
  {
    name: 'a run-length encoded BMP of 8 bits',
    content: 'Qk1UAAAAAAAAAEYAAAAoAAAAAwAAAAIAAAABAAgAAQAAAA4AAAAAAAAAAAAAAAQAAAAAAAAAChQeACgyPABGUFoAyNLcAAIBAQMAAAADAQIDAAAB',
    width: 3,
    height: 2,
    levels: [60, 50, 40, 90, 80, 70, 220, 210, 200, 60, 50, 40, 60, 50, 40, 220, 210, 200],
  },
  {
    name: 'a run-length encoded BMP of 4 bits',
    content: 'Qk1QAAAAAAAAAEYAAAAoAAAAAwAAAAIAAAABAAQAAgAAAAoAAAAAAAAAAAAAAAQAAAAAAAAAChQeACgyPABGUFoAyNLcAAMSAAAAAzEgAAE=',
    width: 3,
    height: 2,
    levels: [220, 210, 200, 60, 50, 40, 90, 80, 70, 60, 50, 40, 90, 80, 70, 60, 50, 40],
  },
  {
    name: 'a BMP of 16 bits with masks',
    content: 'Qk1KAAAAAAAAAEIAAAAoAAAAAgAAAAIAAAABABAAAwAAAAgAAAAAAAAAAAAAAAAAAAAAAAAAAPgAAOAHAAAfAAAAH/jgBzQSzas=',
    width: 2,
    height: 2,
    levels: [16, 68, 164, 172, 121, 106, 255, 0, 255, 0, 255, 0],
  },
  {
    name: 'a BMP of 16 bits',
    content: 'Qk0+AAAAAAAAADYAAAAoAAAAAgAAAP7///8BABAAAAAAAAgAAAAAAAAAAAAAAAAAAAAAAAAAH3zgAzQSzWs=',
    width: 2,
    height: 2,
    levels: [255, 0, 255, 0, 255, 0, 32, 139, 164, 213, 246, 106],
  },
];
