// What the pages do better with a script; each works without it.

/** Times in the reader's own zone, the UTC of the server behind them. */
const format = {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
}
for (const time of document.querySelectorAll('time[datetime]')) {
  const at = new Date(time.dateTime)
  if (Number.isNaN(at.getTime())) continue
  time.title = time.textContent ?? ''
  time.textContent = at.toLocaleString([], format)
}

/** A mail dropped onto a form is the file of it. */
for (const place of document.querySelectorAll('.drop')) {
  const input = place.querySelector('input[type=file]')
  const mark = isOver => event => {
    event.preventDefault()
    place.classList.toggle('over', isOver)
  }
  place.addEventListener('dragover', mark(true))
  place.addEventListener('dragleave', mark(false))
  place.addEventListener('drop', event => {
    mark(false)(event)
    if (event.dataTransfer?.files.length) input.files = event.dataTransfer.files
  })
}

/** A phrase selected in the words of a server becomes the text of a new rule. */
for (const link of document.querySelectorAll('[data-from-selection]')) {
  link.addEventListener('click', event => {
    const phrase = document.getSelection()?.toString().trim() ?? ''
    if (phrase === '' || phrase.includes('\n')) return
    event.preventDefault()
    const url = new URL(link.href)
    url.searchParams.set('text', [...phrase].slice(0, 100).join(''))
    location.assign(url)
  })
  // A press must not take the selection away.
  link.addEventListener('mousedown', event => event.preventDefault())
}
