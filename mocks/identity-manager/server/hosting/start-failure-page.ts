/**
 * What the ASP.NET Core Module answers with while the application behind it does not start. The reason stands in the event log
 * alone (Microsoft, "Troubleshoot ASP.NET Core on Azure App Service and IIS", 500.30).
 */
export const START_FAILURE_TITLE = 'HTTP Error 500.30 - ASP.NET Core app failed to start'

const MORE = 'https://go.microsoft.com/fwlink/?LinkID=2028265'

export const startFailurePage = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8" /><title>${START_FAILURE_TITLE}</title></head>
<body>
<div id="content">
<h2>${START_FAILURE_TITLE}</h2>
<h3>Common solutions to this issue:</h3>
<ul><li>The app failed to start</li><li>The app started but then stopped</li><li>The app started but threw an exception during startup</li></ul>
<h3>Troubleshooting steps:</h3>
<ul><li>Check the system event log for error messages</li><li>Enable logging the application process' stdout messages</li><li>Attach a debugger to the application process and inspect</li></ul>
<h3>For more information visit: <a href="${MORE}">${MORE}</a></h3>
</div>
</body>
</html>
`
