from functions.actions import act


def handler(event, context):
    return act(event, context)
