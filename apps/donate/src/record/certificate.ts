/** A picture that one can keep: what was given, by which volunteer, until when. Texts are the caller's. */
export function certificateSvg(texts: {
  readonly title: string;
  readonly line: string;
  readonly volunteer: string;
  readonly date: string;
}): string {
  const { title, line, volunteer, date } = texts;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 842 595" font-family="system-ui, sans-serif" text-anchor="middle">
<rect width="842" height="595" fill="#faf9f6"/><rect x="24" y="24" width="794" height="547" rx="18" fill="none" stroke="#0a6b5d" stroke-width="4"/>
<g transform="translate(389 80) scale(2)"><rect width="32" height="32" rx="7" fill="#0a6b5d"/><g fill="#fff"><rect x="6" y="7" width="9" height="7" rx="1.5"/><rect x="17" y="7" width="9" height="7" rx="1.5" opacity=".75"/><rect x="6" y="17" width="9" height="8" rx="1.5" opacity=".75"/><rect x="17" y="17" width="9" height="8" rx="1.5" opacity=".45"/></g></g>
<text x="421" y="230" font-size="40" font-weight="700" fill="#1c2428">${escaped(title)}</text>
<text x="421" y="310" font-size="21" fill="#1c2428">${escaped(line)}</text>
<text x="421" y="450" font-size="15" fill="#55616a">${escaped(volunteer)}</text>
<text x="421" y="480" font-size="15" fill="#55616a">${escaped(date)}</text>
</svg>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
