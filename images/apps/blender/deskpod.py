# Blender without its splash screen, which asks questions at the first start.
import bpy


def register():
    bpy.context.preferences.view.show_splash = False


def unregister():
    pass
