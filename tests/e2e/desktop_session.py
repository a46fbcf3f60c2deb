"""A desktop as the window sees one: a tray, a task bar, a place for notifications, and somebody who closes and resizes windows.

Reads commands and writes answers, one JSON document a line: {"do": "tray"}. Started with the session bus and the display of
the person in its environment.
"""

import asyncio
import json
import sys

from dbus_fast import BusType, Message, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_property, method, signal
from Xlib import X, display, protocol

MENU = "com.canonical.dbusmenu"


class Watcher(ServiceInterface):
    """What has a tray's place registers its symbols here."""

    def __init__(self):
        super().__init__("org.kde.StatusNotifierWatcher")
        self.items = []
        self.sender = None

    def forget(self, name):
        self.items = [(owner, path) for owner, path in self.items if owner != name]

    @method()
    def RegisterStatusNotifierItem(self, service: "s"):
        self.items.append((self.sender, service if service.startswith("/") else "/StatusNotifierItem"))
        self.StatusNotifierItemRegistered(service)

    @method()
    def RegisterStatusNotifierHost(self, service: "s"):
        pass

    @dbus_property(access=PropertyAccess.READ)
    def RegisteredStatusNotifierItems(self) -> "as":
        return [owner + path for owner, path in self.items]

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> "b":
        return True

    @dbus_property(access=PropertyAccess.READ)
    def ProtocolVersion(self) -> "i":
        return 0

    @signal()
    def StatusNotifierItemRegistered(self, service) -> "s":
        return service

    @signal()
    def StatusNotifierHostRegistered(self):
        pass


class Notifications(ServiceInterface):
    def __init__(self):
        super().__init__("org.freedesktop.Notifications")
        self.shown = []

    @method()
    def Notify(
        self, app: "s", replaces: "u", icon: "s", title: "s", body: "s", actions: "as", hints: "a{sv}", expires: "i"
    ) -> "u":
        self.shown.append({"app": app, "title": title, "body": body})
        return len(self.shown)

    @method()
    def CloseNotification(self, number: "u"):
        pass

    @method()
    def GetCapabilities(self) -> "as":
        return ["body"]

    @method()
    def GetServerInformation(self) -> "ssss":
        return ["test", "test", "1", "1.2"]


class Session:
    def __init__(self, bus, watcher, notifications, progress):
        self.bus, self.watcher, self.notifications, self.progress = bus, watcher, notifications, progress
        self.display = display.Display()

    async def call(self, owner, path, interface, member, signature="", body=()):
        message = Message(
            destination=owner, path=path, interface=interface, member=member, signature=signature, body=list(body)
        )
        answer = await self.bus.call(message)
        if answer.message_type.name == "ERROR":
            raise RuntimeError(answer.body)
        return answer.body

    async def menu(self):
        """Owner, path and entries (number, words, enabled) of the tray's menu; None without a symbol."""
        if not self.watcher.items:
            return None
        owner, item = self.watcher.items[-1]
        get = lambda name: self.call(
            owner, item, "org.freedesktop.DBus.Properties", "Get", "ss", ["org.kde.StatusNotifierItem", name]
        )
        [status], [path] = await get("Status"), await get("Menu")
        if status.value == "Passive":
            # Still there, and a tray does not show it.
            return None
        [_, layout] = await self.call(owner, path.value, MENU, "GetLayout", "iias", [0, -1, []])
        read = lambda properties, name, usual: properties[name].value if name in properties else usual
        entries = [
            (number, read(properties, "label", ""), read(properties, "enabled", True))
            for number, properties, _ in (child.value for child in layout[2])
        ]
        return owner, path.value, entries

    async def tray(self):
        menu = await self.menu()
        return menu and [{"words": words, "enabled": enabled} for _, words, enabled in menu[2] if words]

    async def choose(self, words):
        owner, path, entries = await self.menu()
        [number] = [number for number, label, _ in entries if label == words]
        await self.call(owner, path, MENU, "Event", "isvu", [number, "clicked", Variant("i", 0), 0])

    def tops(self):
        for window in self.display.screen().root.query_tree().children:
            if window.get_attributes().map_state == X.IsViewable and window.get_wm_protocols():
                yield window

    async def windows(self):
        return [{"width": at.width, "height": at.height} for at in (window.get_geometry() for window in self.tops())]

    async def close(self):
        """As the cross of a title bar does."""
        asked = (32, [self.display.intern_atom("WM_DELETE_WINDOW"), X.CurrentTime, 0, 0, 0])
        for window in self.tops():
            event = protocol.event.ClientMessage(
                window=window, client_type=self.display.intern_atom("WM_PROTOCOLS"), data=asked
            )
            window.send_event(event)
        self.display.flush()

    async def look_away(self):
        """Without a window manager the window below the pointer is the one that is looked at."""
        screen = self.display.screen()
        screen.root.warp_pointer(screen.width_in_pixels - 1, screen.height_in_pixels - 1)
        self.display.flush()

    async def resize(self, width, height):
        for window in self.tops():
            window.configure(width=width, height=height)
        self.display.flush()

    async def taskbar(self):
        """Everything that the button was told: a share of one, or false for nothing."""
        return self.progress

    async def notified(self):
        return self.notifications.shown


async def main():
    bus = await MessageBus(bus_type=BusType.SESSION).connect()
    watcher, notifications, progress = Watcher(), Notifications(), []

    def note(message):
        if message.member == "RegisterStatusNotifierItem":
            watcher.sender = message.sender
        if message.member == "NameOwnerChanged" and message.body and not message.body[2]:
            watcher.forget(message.body[0])
        if message.interface == "com.canonical.Unity.LauncherEntry":
            progress.append(message.body[1]["progress-visible"].value and message.body[1]["progress"].value)

    bus.add_message_handler(note)
    for rule in (
        "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'",
        "type='signal',interface='com.canonical.Unity.LauncherEntry',member='Update'",
    ):
        await bus.call(
            Message("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "AddMatch", signature="s", body=[rule])
        )
    bus.export("/StatusNotifierWatcher", watcher)
    bus.export("/org/freedesktop/Notifications", notifications)
    for name in (watcher.name, notifications.name):
        await bus.request_name(name)
    session = Session(bus, watcher, notifications, progress)
    print(json.dumps({"answer": "ready"}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        request = json.loads(line)
        try:
            answer = {"answer": await getattr(session, request.pop("do"))(**request)}
        except Exception as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


asyncio.run(main())
