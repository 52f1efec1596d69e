/**
 * The built-in templates: one text and one HTML layout for every kind of mail.
 *
 * Old mail programs know tables and inline styles and little else; dark ones invert what has no scheme of its own. Nothing is loaded
 * from anywhere.
 */

export const textLayout = `{{ title }}
{% for field in fields %}
{{ field.label }}: {{ field.values | join: '; ' }}{% endfor %}
{% if note %}
{{ note }}
{% endif %}{% if call %}
{{ call.label }}: {{ call.href }}
{% endif %}{% for action in actions %}
{{ action.label }}: {{ action.href }}{% endfor %}{% if actions.size > 0 %}
{% endif %}
-- 
{{ footer }}
`

export const htmlLayout = `<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{ subject }}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #16181c !important; }
  .card { background: #212429 !important; border-color: #3a3f47 !important; }
  .strong { color: #f1f3f5 !important; }
  .weak { color: #a5adb8 !important; }
  .row { border-color: #3a3f47 !important; }
  .link { color: #7cb8ff !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f2f4f6;">
<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;">{{ preheader }}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f2f4f6;">
<tr><td align="center" style="padding:16px 8px;">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid #dfe3e8;border-radius:8px;font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:15px;line-height:22px;">
<tr><td class="strong" colspan="2" style="padding:20px 24px 8px;font-size:20px;line-height:26px;font-weight:600;color:#1f2328;">{{ title }}</td></tr>
{%- if note %}
<tr><td class="weak" colspan="2" style="padding:0 24px 8px;color:#59636e;">{{ note }}</td></tr>
{%- endif %}
{%- for field in fields %}
<tr>
<td class="weak row" width="130" valign="top" style="padding:8px 8px 8px 24px;border-top:1px solid #eaedf0;color:#59636e;">{{ field.label }}</td>
<td class="strong row" valign="top" style="padding:8px 24px 8px 8px;border-top:1px solid #eaedf0;color:#1f2328;word-break:break-word;">
{%- for value in field.values -%}
{%- if forloop.first and field.href -%}
<a class="link" href="{{ field.href }}" style="color:#0b5cad;font-weight:600;text-decoration:none;">{{ value }}</a>
{%- else -%}
{%- unless forloop.first -%}<br>{%- endunless -%}{{ value }}
{%- endif -%}
{%- endfor -%}
</td>
</tr>
{%- endfor %}
{%- if call %}
<tr><td colspan="2" style="padding:16px 24px 20px;border-top:1px solid #eaedf0;" class="row"><a href="{{ call.href }}" style="display:inline-block;background:#0b5cad;color:#ffffff;padding:12px 20px;border-radius:6px;font-weight:600;text-decoration:none;">{{ call.label }}</a></td></tr>
{%- endif %}
{%- if actions.size > 0 %}
<tr><td colspan="2" style="padding:0 24px 20px;">
{%- for action in actions -%}
<a class="link" href="{{ action.href }}" style="display:inline-block;color:#0b5cad;padding:10px 18px;margin:0 8px 8px 0;border:1px solid #0b5cad;border-radius:6px;font-weight:600;text-decoration:none;">{{ action.label }}</a>
{%- endfor -%}
</td></tr>
{%- endif %}
</table>
<p class="weak" style="margin:12px 0 0;font-family:Arial,sans-serif;font-size:12px;line-height:16px;color:#59636e;">{{ footer }}</p>
</td></tr>
</table>
</body>
</html>
`

/** A messenger shows a text of some lines; the buttons are its own. */
export const chatLayout = `{{ title }}
{% for field in fields %}
{{ field.label }}: {{ field.values | join: '; ' }}{% endfor %}
{% if note %}
{{ note }}
{% endif %}`

/** An SMS is one line; a link of ours would be longer than the rest. */
export const smsLayout = '{{ brief }}'
