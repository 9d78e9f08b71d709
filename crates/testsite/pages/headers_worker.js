const identity = { userAgent: navigator.userAgent, languages: navigator.languages };
fetch('/headers').then(answer => answer.json()).then(request => postMessage({ request, identity }));
