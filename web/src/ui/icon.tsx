/** A drawing of the page's sprite (web/templates/sprite.html); words stand beside it, so it says nothing by itself. */

interface IconProps {
  readonly name: string;
  readonly more?: string;
}

export function Icon({ name, more = "" }: IconProps) {
  return (
    <svg class={`icon ${more}`} aria-hidden="true" focusable="false">
      <use href={`#i-${name}`} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg aria-hidden="true" focusable="false">
      <use href="#i-mark" />
    </svg>
  );
}
