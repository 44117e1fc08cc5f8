/** The Web Application's one page. */
export const indexHtml = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Password Secure Web Application (simulated)</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
      label { display: block; margin: .5rem 0; }
      input { font: inherit; width: 100%; box-sizing: border-box; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #ccc; }
      [role="alert"] { color: #a00; min-height: 1.5em; }
    </style>
  </head>
  <body>
    <h1>Password Secure</h1>
    <p role="alert" id="message"></p>
    <form id="login">
      <label>Database <input name="database" value="PasswordSecure" required></label>
      <label>User <input name="user" autocomplete="username" required></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
      <button>Log in</button>
    </form>
    <section id="vault" hidden>
      <p>Logged in as <b id="user"></b> at <b id="server"></b> · real time: <span id="realtime">connecting</span></p>
      <table>
        <thead><tr><th>Name</th><th>User name</th><th>Page</th><th></th></tr></thead>
        <tbody id="secrets"></tbody>
      </table>
      <button id="logout">Log out</button>
    </section>
    <script src="/app.js"></script>
  </body>
</html>
`
