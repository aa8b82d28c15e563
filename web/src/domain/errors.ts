/**
 * Why a document or a body could not be taken at all; what a person filled in wrongly is a Problem, not an error.
 *
 * Twin of hub/client/domain/errors.py.
 */

export class DomainError extends Error {
  override readonly name: string = "DomainError";
}

export class MalformedTemplate extends DomainError {
  override readonly name = "MalformedTemplate";
}

export class MalformedList extends DomainError {
  override readonly name = "MalformedList";
}

export class MalformedBlueprint extends DomainError {
  override readonly name = "MalformedBlueprint";
}

/** An authentic envelope may hold one: its author's program is to blame; only this message is affected. */
export class MalformedBody extends DomainError {
  override readonly name = "MalformedBody";
}

export class MalformedReference extends DomainError {
  override readonly name = "MalformedReference";
}
