/** An event with one of everything, and with text that would be markup. */
export const orderEvent = {
  type: 'track',
  event: 'Order Completed',
  userId: 'u-42',
  properties: {
    name: 'Ada Lovelace',
    total: 129.5,
    currency: 'EUR',
    vip: true,
    refunded: false,
    note: null,
    'promo code': 'SPRING',
    tags: ['new', 'gift'],
    items: [
      { sku: 'A', price: 10 },
      { sku: 'B', price: 20 },
    ],
    address: { city: 'Wien', zip: 1010 },
    evil: '<!channel> & <@U1>',
  },
  traits: { plan: 'enterprise' },
}
