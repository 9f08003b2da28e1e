import base64
import json


def handler(event, context):
    """Show the event that came, or answer as its body asks."""
    shown = json.loads(event)
    if shown.get("body") == "plain":
        return {"no": "status code"}
    if shown.get("body") == "bytes":
        body = base64.b64encode(b"\xff\x00").decode()
        return {"statusCode": 201, "headers": {"X-Own": "yes"}, "isBase64Encoded": True, "body": body}
    if shown.get("body") == "bad status":
        return {"statusCode": "soon"}
    if shown.get("body") == "bad header":
        return {"statusCode": 200, "headers": {"X-Own": "a\r\nSet-Cookie: b"}}
    if shown.get("body") == "fail":
        raise ValueError("no one outside should read this")
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(shown)}
