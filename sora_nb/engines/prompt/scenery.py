"""What the drawn scenes always show, and which weather they have, so that a prompt that differs is told of it."""

from __future__ import annotations

ALWAYS = {
    "beach": "sea ocean water wave sand palm tree shore 海 大海 海水 海浪 浪 沙 沙子 沙滩 树 树木 椰子树 椰树 棕榈树 棕榈",
    "city street": "car vehicle traffic auto lamp lamppost streetlight building house shop store window road awning "
    "车 汽车 小汽车 轿车 车辆 车流 交通 路灯 楼 高楼 楼房 建筑 建筑物 房子 商店 店铺 车来车往 车水马龙",
    "forest": "tree trunk fern plant leaf leave 树 大树 树木 植物 树叶 叶子",
    "space": "star planet earth moon asteroid 星 星星 星球 行星 地球 月亮 月球",
    "underwater": "fish coral plant bubble seaweed water 鱼 鱼群 珊瑚 植物 气泡 泡泡 海草 水",
    "mountains": "mountain tree snow grass bush 山 树 树木 雪 草",
    "snow": "tree fir mountain house cabin hut snow 树 树木 山 房子 小屋 雪",
    "desert": "cactus cacti sand rock stone plant 仙人掌 沙 沙子 石头 植物",
    "meadow": "tree flower grass hill 树 树木 花 花朵 草 山",
    "coffee shop": "cup table window lamp shelf shelves counter plant 杯子 咖啡杯 桌 桌子 窗 窗户 灯 植物",
    "kitchen": "pot pan window oven stove plant fruit tile 锅 窗 窗户 烤箱 炉子 植物 水果",
    "living room": "sofa couch picture lamp fire fireplace rug carpet window curtain furniture "
    "沙发 画 灯 火 壁炉 地毯 窗 窗户 窗帘 家具",
    "office": "computer monitor screen desk chair window plant lamp 电脑 屏幕 桌 桌子 椅子 窗 窗户 植物 灯",
    "stage": "audience crowd spectator people curtain light 观众 人群 窗帘 幕布 灯 灯光",
}
"""Words for what is in each scene whatever a prompt says, in the singular, by the scene's name."""

AT_NIGHT = {
    "city street": frozenset(["neon", "neon sign", "neon signs", "neon light", "neon lights", "霓虹", "霓虹灯"])
}
"""Words for what a scene shows at night."""

INDOORS = frozenset(["living room", "office", "coffee shop", "kitchen", "stage"])
"""Scenes with walls."""
_DRY = INDOORS | {"space", "underwater"}
_FALLING = frozenset(["rain", "snow", "fog"])
"""Weather that is more than light."""


def shows(scene: str, word: str, time: str = "day") -> bool:
    """Whether a scene always shows what a word, or the last of several, names; some only at night."""
    if time == "night" and word.lower() in AT_NIGHT.get(scene, ()):
        return True
    said = word.lower().split()[-1]
    forms = {said, said.removesuffix("s"), said.removesuffix("es")}
    return not forms.isdisjoint(ALWAYS.get(scene, "").split())


def has_weather(scene: str, weather: str) -> bool:
    """Whether a scene draws a weather, and not only the light that it makes."""
    return scene not in _DRY or weather not in _FALLING
