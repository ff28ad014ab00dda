import { z } from "zod";
import type { HostPort } from "../../model/pages";

export const portSchema = z.int().min(1).max(65_535);

export const hostPortSchema = z.object({ host: z.string().min(1), port: portSchema });

/** `10.0.0.1:9000` or `[::1]:9000`. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([^[\]\s]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port };
}

/** Only the two fields, of what may carry more. */
export const plainHostPort = ({ host, port }: HostPort): HostPort => ({ host, port });
