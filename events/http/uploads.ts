import * as z from 'zod';

export const UploadRequest = z
  .strictObject({
    name: z
      .string()
      .max(200)
      .regex(
        /^[\w.-]+\.(jar|json)$/,
        'a file is named with letters, digits, "_", "." and "-", and ends with .jar, or .json for a command',
      )
      .meta({ example: 'TopSpeedWindowing.jar' }),
    bytes: z.int().min(1).meta({ description: 'The size of the file: just so many bytes are accepted.' }),
  })
  .meta({ id: 'UploadRequest' });

export const Upload = z
  .strictObject({
    jar: z.string().meta({ description: 'What a submit calls it; the `dataref` of a message, for a command.' }),
    url: z.string().meta({ description: 'PUT the file there, with the headers.' }),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Upload' });

export type Upload = z.infer<typeof Upload>;
