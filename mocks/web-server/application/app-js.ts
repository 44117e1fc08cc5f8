/** The Web Application's script: login, secrets, real-time updates, through /api and /realtime of its own origin. */
export const appJs = `'use strict'
const part = (id) => document.getElementById(id)
let token = ''

async function call(method, path, body) {
  const answer = await fetch('/api' + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: 'Bearer ' + token }) },
    body: body && JSON.stringify(body),
  })
  const text = await answer.text()
  let value
  try { value = JSON.parse(text) } catch { throw new Error(answer.status + ' ' + answer.statusText) }
  if (!answer.ok) throw new Error(value.error ? value.error.text : String(answer.status))
  return value
}

const say = (text) => { part('message').textContent = text }
const guarded = (work) => work().catch((error) => say(error.message))

async function showSecrets() {
  const { secrets } = await call('GET', '/secrets')
  part('secrets').replaceChildren(...secrets.map((secret) => {
    const row = document.createElement('tr')
    for (const text of [secret.name, secret.username, secret.url]) row.insertCell().textContent = text || ''
    const button = document.createElement('button')
    button.textContent = 'Show'
    button.onclick = () => guarded(async () => {
      const { password } = await call('GET', '/secrets/' + secret.id)
      button.replaceWith(password)
    })
    row.insertCell().append(button)
    return row
  }))
}

function listen() {
  const socket = new WebSocket('wss://' + location.host + '/realtime')
  socket.onopen = () => socket.send(JSON.stringify({ type: 'login', token }))
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data)
    part('realtime').textContent = message.type === 'ready' ? 'connected to ' + message.server : message.type
    if (message.type !== 'ready') guarded(showSecrets)
  }
  socket.onclose = ({ code, reason }) => {
    part('realtime').textContent = 'closed (' + code + (reason ? ', ' + reason : '') + ')'
  }
}

part('login').onsubmit = (event) => {
  event.preventDefault()
  guarded(async () => {
    say('')
    const session = await call('POST', '/login', Object.fromEntries(new FormData(event.target)))
    token = session.token
    part('user').textContent = session.user
    part('server').textContent = session.server
    part('login').hidden = true
    part('vault').hidden = false
    listen()
    await showSecrets()
  })
}
part('logout').onclick = () => guarded(async () => {
  await call('POST', '/logout')
  location.reload()
})
`
