/** The mark: a tortuous path through grains. */
export function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden focusable="false">
      <rect x="0.5" y="0.5" width="19" height="19" rx="4" fill="var(--ts-accent-soft)" />
      <circle cx="6.2" cy="7" r="3" fill="var(--ts-line-strong)" />
      <circle cx="14" cy="12.4" r="3.4" fill="var(--ts-line-strong)" />
      <path
        d="M1.5 12.5 C5 14.5 8.5 13.5 10 10 C11.5 6.5 14.5 5.5 18.5 7"
        fill="none"
        stroke="var(--ts-accent)"
        strokeWidth="1.8"
        strokeLinecap="round"
      />
    </svg>
  );
}
