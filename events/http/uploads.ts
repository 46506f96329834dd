import * as z from 'zod';

export const UploadRequest = z
  .strictObject({
    name: z
      .string()
      .max(200)
      .regex(
        /^[\w.-]+\.(jar|json)$/,
        'A file name has letters, digits, "_", "." and "-", and ends with .jar, or with .json for a command.',
      )
      .meta({ example: 'TopSpeedWindowing.jar' }),
    bytes: z.int().min(1).meta({ description: 'Exact size of the file. An upload of another size is refused.' }),
  })
  .meta({ id: 'UploadRequest' });

export const Upload = z
  .strictObject({
    jar: z.string().meta({ description: 'The `jar` of a submit, or the `dataref` of a message.' }),
    url: z.string().meta({ description: 'Presigned URL. Upload the file by PUT with `headers`.' }),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Upload' });

export type Upload = z.infer<typeof Upload>;
