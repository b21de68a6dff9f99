import type { NonEmpty } from './draw.ts'

/**
 * What people and companies of the demo are called and what they write, each beside the form in which a channel
 * must show it. Both columns are written by hand: no code turns one into the other, so a fault in the escaping
 * under test cannot hide in the expectation.
 */
export interface Wording {
  /** As it stands in the event. */
  raw: string
  /** As it must stand in the message: cleaned, and `&`, `<`, `>` as entities. */
  shown: string
}

const plain = (text: string): Wording => ({ raw: text, shown: text })

export const NAMES: NonEmpty<Wording> = [
  plain('Mina Tanaka'),
  plain('Oliver Brandt'),
  plain('Priya Raman'),
  plain('Amélie Durand'),
  plain('Lucas Ferreira'),
  plain('Søren Kjær'),
  plain('Grace Okafor'),
  plain('Zuzana Nováková'),
  plain('Олена Коваль'),
  plain('田中 美奈'),
  plain('김민준'),
  plain('محمد الفارسي'),
  plain('आरव शर्मा'),
  plain("Dara O'Neill"),
  plain('Nils Åkesson'),
  plain('Zoë 🦊 Fuchs'),
]

/** Names that try to ping a channel, forge a link, break the markup or run the template again. */
export const HOSTILE_NAMES: NonEmpty<Wording> = [
  { raw: 'Tom & Jerry <3', shown: 'Tom &amp; Jerry &lt;3' },
  { raw: '<!channel>', shown: '&lt;!channel&gt;' },
  { raw: '<!here|here> Bob', shown: '&lt;!here|here&gt; Bob' },
  { raw: '<https://evil.example|Your invoice>', shown: '&lt;https://evil.example|Your invoice&gt;' },
  { raw: '<@U012AB3CD>', shown: '&lt;@U012AB3CD&gt;' },
  { raw: '<img src=x onerror=alert(1)>', shown: '&lt;img src=x onerror=alert(1)&gt;' },
  { raw: 'Bobby {{ $.userId }} Tables', shown: 'Bobby {{ $.userId }} Tables' },
  { raw: 'R&amp;D', shown: 'R&amp;amp;D' },
  { raw: 'Ann \u202eacirema\u202c', shown: 'Ann acirema' },
  { raw: 'Bell\u0007 Ringer\u007f', shown: 'Bell Ringer' },
]

export const COMPANIES: NonEmpty<Wording> = [
  plain('Northwind Traders'),
  plain('Globex'),
  plain('Brightside Coffee'),
  plain('Fjordkraft AS'),
  plain('Åre Kaffe AB'),
  plain('株式会社さくら'),
  plain('Bäckerei Süß'),
  plain('Vela Robotics'),
  plain('Meridian Labs'),
  { raw: 'Hart & Sons', shown: 'Hart &amp; Sons' },
  { raw: '<b>Bold</b> Ventures', shown: '&lt;b&gt;Bold&lt;/b&gt; Ventures' },
]

export const COMMENTS: NonEmpty<Wording> = [
  plain('The export still loses my column order.'),
  plain('Love it, but the mobile app logs me out every morning.'),
  plain('Support answered within minutes. Thank you!'),
  plain('検索がとても速くなりました 🎉'),
  plain('Trop cher pour une petite équipe.'),
  { raw: 'Dashboards > spreadsheets & I mean it', shown: 'Dashboards &gt; spreadsheets &amp; I mean it' },
  { raw: 'Load time went from <1s to 9s', shown: 'Load time went from &lt;1s to 9s' },
  {
    raw: 'Love the reports.\r\nThe invoices confuse me.',
    shown: 'Love the reports.\nThe invoices confuse me.',
  },
]

export const CANCEL_REASONS: NonEmpty<Wording> = [
  plain('Too expensive for what we use'),
  plain('Missing SSO'),
  plain('Project ended'),
  plain('Переходимо на власне рішення'),
  { raw: 'Switched to Acme & Co', shown: 'Switched to Acme &amp; Co' },
]

export const COUNTRIES: NonEmpty<string> = [
  'Japan',
  'Germany',
  'Brazil',
  'India',
  'Norway',
  'Kenya',
  'Canada',
  'Ukraine',
]
