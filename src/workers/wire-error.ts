import { ScanError, type Stage, type SymbolErrorCode } from '../errors.ts';

/** A `ScanError` as plain data: its class does not survive the way between threads. */
export interface WireError {
  readonly code: SymbolErrorCode;
  readonly stage: Stage;
  readonly message: string;
  /** Where a defect was thrown. */
  readonly stack: string | undefined;
}

export function packError({ code, stage, message, cause }: ScanError): WireError {
  return { code, stage, message, stack: cause instanceof Error ? cause.stack : undefined };
}

export function unpackError({ code, stage, message, stack }: WireError): ScanError {
  return new ScanError(code, message, { stage, cause: stack });
}
