/** Runs before anything is painted: a chosen theme shows no other one first. */
{
  let chosen = null
  try {
    chosen = localStorage.getItem('bellhop-theme')
  } catch {
    // No storage: as the system says.
  }
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.theme = chosen
}
