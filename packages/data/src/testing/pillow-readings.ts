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
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAAFklEQVR42mNgYGBgZDjBwPCfkeH/fwAOVAPI1HEVHAAAAABJRU5ErkJggg==',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 1, 1, 1, 200, 200, 200, 255, 255, 255, 255, 255, 255, 255, 255, 255],
  },
  {
    name: '16-bit grey with a transparent level',
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAAAnRSTlMAyOMsh7oAAAAWSURBVHjaY2BgYGBkOMHA8J+R4f9/AA5UA8jUcRUcAAAAAElFTkSuQmCC',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 1, 1, 1, 200, 200, 200, 255, 255, 255, 255, 255, 255, 255, 255, 255],
  },
  {
    name: '16-bit grey with alpha',
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAQAAABn7XLSAAAAI0lEQVR42mNgiI7eptrQcNtr6TIGBtMJE99Ebd0uWH/rjhkAiNILhjZqsVYAAAAASUVORK5CYII=',
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
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAQAAAA3fa6RAAAAFklEQVR4nGNkiFZVVVVlMTVTVVVVBQANuAH01dGphgAAAABJRU5ErkJggg==',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 37, 37, 37, 74, 74, 74, 53, 53, 53, 90, 90, 90, 127, 127, 127],
  },
  {
    name: 'black and white',
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACAQAAAAC1D1u3AAAADElEQVR4nGNgYHAAAABEAEGXj2jLAAAAAElFTkSuQmCC',
    width: 3,
    height: 2,
    levels: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0],
  },
];
